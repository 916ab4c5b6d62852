rule Kestrel { strings: $a = "kestrel-stage-one" condition: $a }
