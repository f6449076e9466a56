"""CloudWatch alarms that change state by what the tunnels do, and the SNS topics that they tell."""
