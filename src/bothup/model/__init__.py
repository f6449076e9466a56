"""The nouns of the tool, frozen and typed; this room imports nothing of ours."""
