rule Kestrel { strings: $a = "kestrel-stage-two" condition: $a }
rule Merlin { strings: $a = "merlin-stage" condition: $a }
