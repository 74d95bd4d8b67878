"""The model: pure rules, tested without fakes."""
