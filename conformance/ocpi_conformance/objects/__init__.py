"""Objects with which parties are played: realistic ones, valid in their version."""
