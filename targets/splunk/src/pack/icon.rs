//! What does an app look like among others? A lamp with its halo, drawn here, so that no picture is anybody's.

/// A square picture with so many points a side (36 and 72 are asked for: AppInspect 4.3.1, `check_app_icon_dimensions` and its like).
pub(super) fn png(side: u32) -> Vec<u8> {
    const LAMP: [u8; 3] = [0xf2, 0xb1, 0x34];
    const NIGHT: [u8; 3] = [0x1b, 0x2a, 0x41];
    // Distances are squares of half points from the middle, so that nothing is rounded.
    let far = |x: u32, y: u32| {
        let from = |at: u32| u64::from((2 * at + 1).abs_diff(side));
        from(x).pow(2) + from(y).pow(2)
    };
    let ring = |parts: u64| (u64::from(side) * parts / 10).pow(2);
    let mut points = Vec::with_capacity((side * side * 3) as usize);
    for (y, x) in (0..side).flat_map(|y| (0..side).map(move |x| (y, x))) {
        let away = far(x, y);
        let lit = away <= ring(3) || (ring(6)..=ring(7)).contains(&away);
        points.extend(if lit { LAMP } else { NIGHT });
    }
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, side, side);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&points));
    written.expect("writing to memory does not fail");
    out
}
