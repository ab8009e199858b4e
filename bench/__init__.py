"""Figures for engine, server and bookings, each beside something it can be compared with."""
