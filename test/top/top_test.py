#!/usr/bin/env python3
"""sluice-top and the socket that SLUICE_TOP opens, on programs whose goroutines are known."""
import unittest

from served import Running, Snapshots, Sockets
from terminal import Terminal
from tool import Documentation, Tool

__all__ = ["Documentation", "Running", "Snapshots", "Sockets", "Terminal", "Tool"]

if __name__ == "__main__":
    unittest.main()
