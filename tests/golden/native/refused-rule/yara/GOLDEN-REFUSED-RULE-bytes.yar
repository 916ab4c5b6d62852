import "pe"

// The first is sound.
rule Kestrel_One { strings: $a = "kestrel-stage-one" condition: $a }





// It stands on a rule that is refused.


rule Kestrel_Three { strings: $a = "kestrel-stage-three" condition: $a and pe.is_pe }

