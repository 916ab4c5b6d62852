rule MAL_Example_Implant {
    meta:
        description = "Detects an example implant by its marker"
        author = "The vigie developers"
        date = "2024-01-10"
        reference = "https://www.example/implant"
    strings:
        $marker = "EvilMarkerAlpha" ascii wide
    condition:
        filesize < 1MB and $marker
}
