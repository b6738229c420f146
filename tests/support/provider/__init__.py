"""Providers on loopback: one that misbehaves (`behaviours`, in the words of `dialects`), one that answers chats by rule."""
