"""Operation: a call that a service offers, with all that is needed to make it and to read it."""

from functools import lru_cache

import msgspec

from bothup.aws.wire.redact import secret_names
from bothup.aws.wire.shapes import Ref, ServiceModel, service_model
from bothup.aws.wire.xml import Reader, reader


class Operation(msgspec.Struct, frozen=True, eq=False):
    """An operation of a service that speaks one of AWS's Query protocols.

    `protocol` is "ec2" or "query". `start` is how the form of every call begins. `secrets` are the
    XML names that are cut out of an answer's bytes before they are read; `read` turns an answer's
    root into values, None where it has no result.
    """

    service: str
    name: str
    protocol: str
    start: bytes
    model: ServiceModel
    input: Ref | None
    secrets: tuple[bytes, ...]
    read: Reader


@lru_cache(maxsize=256)
def operation(service: str, name: str) -> Operation:
    """Return an operation by the SDK's names, as in ("ec2", "DescribeVpnConnections").

    Raises KeyError where the SDK has none such, ValueError where its protocol is another one.
    """
    model = service_model(service, name)
    spoken = {model.metadata.protocol, *model.metadata.protocols} & {"ec2", "query"}
    if not spoken:
        raise ValueError(f"{service} speaks {model.metadata.protocol}, not a Query protocol")
    signature = model.operations[name]
    # What STS marks as secret are the very credentials that were asked for.
    keep_secrets = service == "sts"
    return Operation(
        service=service,
        name=name,
        protocol=spoken.pop(),
        start=f"Action={name}&Version={model.metadata.api_version}".encode(),
        model=model,
        input=signature.input,
        secrets=() if keep_secrets else secret_names(model, signature.output),
        read=reader(
            model,
            signature.output,
            wrapper=signature.output.result_wrapper if signature.output else None,
            keep_secrets=keep_secrets,
        ),
    )
