"""What each verb must be allowed on AWS, put together from what the modules that call declare."""
