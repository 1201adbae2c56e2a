"""Open edX tracking-log lines become events; lines that cannot are set aside with a reason.

Read in this order: ``lines`` (a line as JSON), ``identity`` (which events are the same event), ``times``,
``people``, ``courses``, ``payloads`` (what the event itself says), ``addresses`` (what its URLs say),
``deeds`` with ``videos`` and ``navigation`` (what was done), and ``rows``, which puts all of it together.
"""
