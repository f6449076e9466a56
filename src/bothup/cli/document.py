"""-o FORMAT[=FILE] for the verbs that print one document of their own, and no scan."""

import difflib
from collections.abc import Callable, Iterable, Mapping

from bothup.cli.draft import save
from bothup.cli.place import split
from bothup.cli.stdout import say
from bothup.errors import UsageError

Forms = Mapping[str, Callable[[], Iterable[str]]]


def deliver(option: str, forms: Forms) -> None:
    """Write the document in the form that the option names, to stdout or to its file.

    Raises UsageError for a form that there is not, and for a file that cannot be written.
    """
    name, path = split(option)
    if name not in forms:
        near = difflib.get_close_matches(name, forms, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(forms)}"
        raise UsageError(f"no output format is called {name!r} here; {hint}")
    pieces = forms[name]()
    if path:
        save(path, pieces)
    else:
        say(pieces)
