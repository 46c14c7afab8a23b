#!/usr/bin/env bash
# Checks a price CSV before it is used: the header, and seven fields on every line.
# usage: scripts/check_prices.sh [file]
set -euo pipefail

file="${1:-$(dirname "$0")/../data/synthetic_prices.csv}"
expected="Date,Open,High,Low,Close,AdjClose,Volume"

[ -s "$file" ] || { echo "$file is missing or empty" >&2; exit 1; }
[ "$(head -n 1 "$file")" = "$expected" ] || { echo "$file: the header is not $expected" >&2; exit 1; }
bad=$(awk -F, 'NF != 7 { print NR; exit }' "$file")
[ -z "$bad" ] || { echo "$file: line $bad does not have 7 fields" >&2; exit 1; }
echo "$file: $(($(wc -l < "$file") - 1)) days"
