"""What the Matrix platform keeps beside the inbox: the engine's own names for it, as this platform uses them."""

from bot.engine.platform_state import MemoryState, PlatformState

__all__ = ["MemoryState", "PlatformState"]
