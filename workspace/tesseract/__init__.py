"""Features of daily stock prices."""
