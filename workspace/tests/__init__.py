"""Tests of the tesseract package."""
