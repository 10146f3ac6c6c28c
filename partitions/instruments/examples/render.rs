//! Writes pictures of the dashboard as PNG files, for a person to look at.
//!
//! `cargo run -p paratia-instruments --example render -- <folder> [seconds of the UDDS ...]`

use std::{env, fs::File, io::BufWriter, path::Path, time::Duration};

use paratia_instruments::{
    dashboard::{Dashboard, Fault, HEIGHT, PIXELS, PixelOrder, Reading, WIDTH},
    drive_cycle::DriveCycle,
    message::{SpeedMessage, Telltales},
    units::{Millimetres, MillimetresPerSecond, Milliseconds},
};

fn main() {
    let mut arguments = env::args().skip(1);
    let folder = arguments.next().expect("name a folder for the pictures");
    let mut seconds: Vec<u64> = arguments
        .map(|argument| argument.parse().expect("seconds are whole numbers"))
        .collect();
    if seconds.is_empty() {
        seconds = vec![0, 55, 200, 1000];
    }
    for second in seconds {
        write(
            &folder,
            &format!("udds-{second}"),
            &Reading::Valid(moment(second)),
        );
    }
    let fast = SpeedMessage {
        speed: MillimetresPerSecond::from_kilometres_per_hour(148),
        telltales: Telltales::all(),
        ..moment(700)
    };
    write(&folder, "fast", &Reading::Valid(fast));
    write(&folder, "no-signal", &Reading::Invalid(Fault::NoSignal));
    write(&folder, "stale", &Reading::Invalid(Fault::Stale));
    write(&folder, "corrupt", &Reading::Invalid(Fault::Corrupt));
}

/// What a vehicle tells so many seconds into the UDDS.
fn moment(second: u64) -> SpeedMessage {
    let time = Duration::from_secs(second);
    let trip_distance = DriveCycle::UDDS.distance_at(time);
    SpeedMessage {
        speed: DriveCycle::UDDS.speed_at(time),
        odometer: Millimetres::from_kilometres(24_680).plus(trip_distance),
        trip_distance,
        trip_time: Milliseconds::from_duration(time),
        cycle_time: Milliseconds::from_duration(time),
        telltales: match second % 4 {
            0 => Telltales::TURN_LEFT,
            _ => Telltales::HIGH_BEAM,
        },
    }
}

fn write(folder: &str, name: &str, reading: &Reading) {
    let mut dashboard = Dashboard::new(PixelOrder::Xrgb, DriveCycle::UDDS.name());
    let (mut background, mut back) = (vec![0; PIXELS], vec![0; PIXELS]);
    dashboard.paint_background(&mut background);
    let _whole_picture = dashboard.draw(&background, &mut back, reading);

    let path = Path::new(folder).join(name).with_extension("png");
    let file = File::create(&path).expect("the folder exists and can be written");
    let mut encoder = png::Encoder::new(
        BufWriter::new(file),
        u32::try_from(WIDTH).unwrap(),
        u32::try_from(HEIGHT).unwrap(),
    );
    encoder.set_color(png::ColorType::Rgb);
    let bytes: Vec<u8> = back
        .iter()
        .flat_map(|word| word.to_be_bytes()[1..].to_vec())
        .collect();
    encoder
        .write_header()
        .and_then(|mut writer| writer.write_image_data(&bytes))
        .expect("the picture is written");
    println!("{}", path.display());
}
