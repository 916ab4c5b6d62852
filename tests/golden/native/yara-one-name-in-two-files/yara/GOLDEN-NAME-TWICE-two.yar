
rule Merlin { strings: $a = "merlin-stage" condition: $a }
