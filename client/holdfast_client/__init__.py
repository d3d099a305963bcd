"""Emitter and router for services that Holdfast watches; see README.md for ten lines of use."""

from holdfast_client.assigning import Assignment, Pair
from holdfast_client.emitter import Emitter
from holdfast_client.errors import HoldfastError, KeysError, NoAssignmentError
from holdfast_client.keys import read_keys
from holdfast_client.router import Router
from holdfast_client.security import Security

__all__ = [
    "Assignment",
    "Emitter",
    "HoldfastError",
    "KeysError",
    "NoAssignmentError",
    "Pair",
    "Router",
    "Security",
    "read_keys",
]
