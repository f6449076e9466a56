"""The only room that knows the AWS SDK: credentials, Targets, fan-out, errors, evidence."""
