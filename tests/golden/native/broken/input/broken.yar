rule Broken { condition: $missing }
