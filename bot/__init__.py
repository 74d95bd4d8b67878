"""Heliotrope: what every cog stands on."""
