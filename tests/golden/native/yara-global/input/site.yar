/* global rule in a comment */
global rule Small_Only { condition: filesize < 5MB }
private rule Base { strings: $a = "global rule" condition: $a }
rule Kestrel { strings: $a = "kestrel-stage-two" condition: $a and Base }
