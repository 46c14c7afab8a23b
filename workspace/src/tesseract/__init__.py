"""Tesseract: from daily stock prices to a model of the price a week ahead."""

__version__ = "0.1.0"
