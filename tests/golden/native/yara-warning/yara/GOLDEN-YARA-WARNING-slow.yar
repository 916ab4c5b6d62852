rule MAL_Example_Slow {
    meta:
        description = "Detects an example file by a text that is written as hex"
        author = "The vigie developers"
        date = "2024-01-10"
        reference = "https://www.example/slow"
    strings:
        $short = { 45 76 69 6C 4D 61 72 6B 65 72 }
    condition:
        filesize < 1MB and $short
}
