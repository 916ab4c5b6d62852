/*
    A program that turns a small router into a relay: an ELF file that opens a listening port, joins two sockets and
    keeps its settings in a short text block. Written for this description; the marker is a made-up value.
*/

rule MAL_LNX_Relay_Implant_Settings {
    meta:
        description = "Detects a relay program for small routers by the layout of its settings"
        author = "The vigie developers"
        date = "2024-05-02"
        reference = "https://www.cert.ssi.gouv.fr/ioc/CERTFR-2021-IOC-003/"
        id = "6f0a3d0e-6f0e-5f53-9c55-0d8f5a6f7c31"
    strings:
        $listen = "relay.listen=" ascii
        $forward = "relay.forward=" ascii
        $keepalive = "relay.keepalive=" ascii
        $splice = "splice failed on pair" ascii
    condition:
        uint32(0) == 0x464c457f and filesize < 2MB and 3 of them
}
