"""Names that people give, and the forms that AWS's services ask of them.

Sources: IAM User Guide ("IAM and AWS STS quotas"), STS API Reference (AssumeRole).
"""

import re

ACCOUNT_ID = re.compile(r"[0-9]{12}")
REGION = re.compile(r"[a-z]{2,6}(?:-[a-z]+)+-[0-9]+")
# With its path, if it has one.
ROLE_NAME = re.compile(r"(?:[\w+=,.@-]+/)*[\w+=,.@-]{1,64}", re.ASCII)
ROLE_ARN = re.compile(rf"arn:[a-z-]+:iam::{ACCOUNT_ID.pattern}:role/{ROLE_NAME.pattern}", re.ASCII)
SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
