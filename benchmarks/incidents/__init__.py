"""Twelve weeks of a company's support traffic with planted mass incidents, and a judge of what notices them.

Written before any detector, without knowing one. `weeks.weeks(seed)` makes a history, `judge.judge`
compares the candidates of a detector with its truth.
"""
