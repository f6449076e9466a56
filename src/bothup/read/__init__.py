"""Text to model, pure: what a person has at hand becomes connections, findings and coverage."""
