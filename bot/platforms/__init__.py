"""Chat platforms, one package each; they know the engine's ports and not each other."""
