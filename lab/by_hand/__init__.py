"""Backpropagation on a network small enough to write every number down.

Owns one worked example at a time: its numbers, its trace, and all that is read from the trace (lesson, cards,
checks, diagnoses, exports). Knows no page; torch only where it is asked for a second opinion.
"""
