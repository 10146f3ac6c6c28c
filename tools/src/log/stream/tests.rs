use proptest::prelude::*;

use super::*;

fn line(text: &str) -> Piece {
    Piece::Line(text.to_owned())
}

fn frame(bytes: &[u8]) -> Piece {
    Piece::Frame(bytes.to_vec())
}

fn split(stream: &[u8]) -> Vec<Piece> {
    let mut splitter = Splitter::new();
    let mut pieces = splitter.push(stream);
    pieces.extend(splitter.finish());
    pieces
}

fn encode(pieces: &[Piece]) -> Vec<u8> {
    let mut stream = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Line(text) => {
                stream.extend_from_slice(text.as_bytes());
                stream.push(b'\n');
            }
            Piece::Frame(bytes) => {
                stream.push(0);
                stream.extend_from_slice(bytes);
                stream.push(0);
            }
        }
    }
    stream
}

#[test]
fn lines_and_frames_alternate() {
    let pieces = split(b"vehicle| on\r\n\0\x01\x02\0speedometer| ready\n\0\x03\0\0\x04\0last");
    let expected = [
        line("vehicle| on"),
        frame(&[1, 2]),
        line("speedometer| ready"),
        frame(&[3]),
        frame(&[4]),
        line("last"),
    ];
    assert_eq!(pieces, expected);
}

#[test]
fn a_frame_in_the_middle_of_a_line_leaves_the_line_whole() {
    assert_eq!(
        split(b"vehi\0\x07\0cle| on\n"),
        [frame(&[7]), line("vehicle| on")]
    );
}

#[test]
fn a_lost_zero_byte_costs_one_frame() {
    let pieces = split(b"\0\x01a| one\n\0\x02\0b| two\n\0\x03\0");
    assert_eq!(pieces.last(), Some(&frame(&[3])));
    assert!(pieces.contains(&line("b| two")));
}

#[test]
fn an_extra_zero_byte_costs_nothing() {
    let pieces = split(b"\0a| one\n\0\x02\0b| two\n\0\x03\0");
    assert_eq!(
        pieces,
        [line("a| one"), frame(&[2]), line("b| two"), frame(&[3])]
    );
}

#[test]
fn a_frame_that_never_ends_becomes_text() {
    let mut stream = vec![0];
    stream.extend([b'x'; 2 * MAX_FRAME_BYTES]);
    stream.extend(b"\na| one\n");
    assert_eq!(split(&stream).last(), Some(&line("a| one")));
}

fn any_piece() -> impl Strategy<Value = Piece> {
    prop_oneof![
        "[a-z]{1,9}\\| [ -~]{0,60}".prop_map(Piece::Line),
        // A first byte that no speaker's name has, as the frames of a small format table.
        proptest::collection::vec(1_u8..=255, 0..40).prop_map(|mut bytes| {
            bytes.insert(0, 1);
            Piece::Frame(bytes)
        }),
    ]
}

proptest! {
    #[test]
    fn any_chunking_gives_the_same_pieces(
        pieces in proptest::collection::vec(any_piece(), 0..20),
        chunk_bytes in 1_usize..50,
    ) {
        let mut splitter = Splitter::new();
        let mut got = Vec::new();
        for chunk in encode(&pieces).chunks(chunk_bytes) {
            got.extend(splitter.push(chunk));
        }
        got.extend(splitter.finish());
        prop_assert_eq!(got, pieces);
    }

    #[test]
    fn garbage_never_panics_and_stays_bounded(
        stream in proptest::collection::vec(any::<u8>(), 0..20_000),
    ) {
        let total: usize = split(&stream).iter().map(|piece| match piece {
            Piece::Line(text) => text.len(),
            Piece::Frame(bytes) => bytes.len(),
        }).sum();
        // A byte that isn't UTF-8 becomes a replacement character of three bytes.
        prop_assert!(total <= 3 * stream.len());
    }

    #[test]
    fn after_garbage_the_reader_is_in_step_within_two_lines_and_frames(
        garbage in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let good = [line("a| one"), frame(&[1, 2]), line("b| two"), frame(&[1, 3]), line("c| three")];
        let mut stream = garbage;
        stream.extend(encode(&good));
        let got = split(&stream);
        prop_assert!(got.ends_with(&good[3..]), "{:?}", got);
    }
}
