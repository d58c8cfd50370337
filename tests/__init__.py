"""Tests: one file a module; test_tables.py holds facts about the shipped data."""
