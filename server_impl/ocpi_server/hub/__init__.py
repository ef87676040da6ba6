"""The hub: a platform with the role HUB forwards messages between connected platforms."""
