import "pe"

// The first is sound.
rule Kestrel_One { strings: $a = "kestrel-stage-one" condition: $a }

private rule Kestrel_Base {
  condition: $missing
}

// It stands on a rule that is refused.
rule Kestrel_Two { strings: $a = "kestrel-stage-two" condition: $a and Kestrel_Base }

rule Kestrel_Three { strings: $a = "kestrel-stage-three" condition: $a and pe.is_pe }
rule Kestrel_Four { strings: $a = "kestrel-stage-four" condition: $a and ( }
