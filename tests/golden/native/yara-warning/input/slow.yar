rule MAL_Example_Slow {
    meta:
        description = "Detects an example file by two bytes in any place"
        author = "The vigie developers"
        date = "2024-01-10"
        reference = "https://www.example/slow"
    strings:
        $short = { 00 ?? 01 }
    condition:
        filesize < 1MB and $short
}
