"""The agency's API: what a partner's program may read, with a key. How to use it: docs/api.md and /api/docs/.

`conf` holds the settings, `door` lets keys in, `refusals` says why not, `pages` cuts long answers, `appointments` is
the one thing there is to read, `reading` shows people the description that machines get.
"""
