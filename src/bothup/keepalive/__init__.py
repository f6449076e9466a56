"""Keep-alive: traffic that keeps idle tunnels up, from AWS's side and from the device's."""
