"""Never the last tunnel: plays of every kind, and guards that are spoilt on purpose."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.apply.mutants import MUTANTS, Mutant
from tests.apply.play import Play, focused
from tests.apply.stage import Theatre

# What a killed process leaves behind stumbles over its closed journal when it is collected.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.timeout(0),
]
# A few hundred, or as many as --hypothesis-profile=nightly asks for.
PLAYS = settings(max_examples=max(200, settings.default.max_examples), stateful_step_count=8)
# A spoilt guard is found within hundreds; what a kill leaves behind is never quite the same.
LOOKING = settings(max_examples=3000, database=None, phases=[Phase.generate])


def test_no_connection_loses_its_last_tunnel_through_us(theatre: Theatre) -> None:
    Play.theatre = theatre
    run_state_machine_as_test(Play, settings=PLAYS)


@pytest.fixture
def spoilt(request: pytest.FixtureRequest) -> Iterator[Mutant]:
    """The mutant's line is changed in the code that everybody uses, and changed back afterwards."""
    mutant: Mutant = request.param
    module = importlib.import_module(mutant.module)
    file = Path(str(module.__file__))
    source = file.read_text("utf-8")
    assert source.count(mutant.old) == 1, f"{mutant.name}: its line is not there"
    changed = ModuleType(module.__name__)
    exec(compile(source.replace(mutant.old, mutant.new), str(file), "exec"), vars(changed))
    former = [(each, each.__code__) for each in functions(module)]
    pairs = list(zip(functions(module), functions(changed), strict=True))
    assert [ours for ours, theirs in pairs if exchange(ours, theirs)]
    yield mutant
    for function, code in former:
        function.__code__ = code


def functions(module: ModuleType) -> list[FunctionType]:
    """The functions and methods that a module defines, in their order."""
    own = [each for each in vars(module).values() if defined_in(each, module)]
    methods = [list(vars(each).values()) for each in own if isinstance(each, type)]
    every = [*own, *(method for each in methods for method in each)]
    return [each for each in every if isinstance(each, FunctionType) and defined_in(each, module)]


def defined_in(each: object, module: ModuleType) -> bool:
    return getattr(each, "__module__", None) == module.__name__


def exchange(ours: FunctionType, theirs: FunctionType) -> bool:
    """Give our function the code of theirs, where it is another one."""
    if ours.__code__.co_code == theirs.__code__.co_code and (
        ours.__code__.co_consts == theirs.__code__.co_consts
        and ours.__code__.co_names == theirs.__code__.co_names
    ):
        return False
    ours.__code__ = theirs.__code__
    return True


@pytest.mark.parametrize("spoilt", MUTANTS, indirect=True, ids=lambda mutant: mutant.name)
def test_a_spoilt_guard_is_found(theatre: Theatre, spoilt: Mutant) -> None:
    plays = focused(**spoilt.focus)
    plays.theatre = theatre
    with pytest.raises(AssertionError):
        run_state_machine_as_test(plays, settings=settings(LOOKING, stateful_step_count=8))
