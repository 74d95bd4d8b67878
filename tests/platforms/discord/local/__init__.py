"""A small Discord on a loopback port, for tests.

REST under /api/v10, a gateway, links to attachments, and a control API by which tests act as people.

It is strict: what the real service refuses, it refuses, with the real codes. Each token is a world of its own (one
application with its bot, its people and its servers), so tests that share the process never meet.
"""
