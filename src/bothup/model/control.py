"""Control: a rule about one kind of resource; its docstring is its page."""

import msgspec

from bothup.model.finding import Severity


class Control(msgspec.Struct, frozen=True, kw_only=True):
    """What a control's source file states about the control, beside its docstring.

    `id` is Security Hub's ("EC2.20"). `resource` is AWS Config's resource type. `config_rule` is
    the managed rule behind AWS's own control and `config_lag` how late that rule may be. `groups`
    are the names under which `--control` selects it, besides its id and `all`.
    """

    id: str
    severity: Severity
    resource: str
    config_rule: str
    config_lag: str
    groups: tuple[str, ...] = ()
