"""Worlds on a Matrix homeserver: members with accounts of their own, and the bot as it is in production."""

from bot.testing.matrix.accounts import Household, NoAccounts, household
from bot.testing.matrix.service import MatrixService, living

__all__ = ["Household", "MatrixService", "NoAccounts", "household", "living"]
