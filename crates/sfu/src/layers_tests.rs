//! Tests of [`Layers`]: what comes, and what is chosen.

use super::*;

const SIZES: [(u16, u16); 3] = [(320, 180), (640, 360), (1280, 720)];

/// The best layer for a subscriber.
fn choose(layers: &Layers, need: Need) -> Option<usize> {
    layers.steps(need).last().map(|step| step.layer)
}

struct Camera {
    layers: Layers,
    at: Instant,
    timestamp: u32,
}

impl Camera {
    /// A camera whose layers all come.
    fn new() -> Camera {
        let mut camera = Camera { layers: Layers::new(3), at: Instant::now(), timestamp: 0 };
        for (layer, (width, height)) in SIZES.into_iter().enumerate() {
            camera.layers.arrived(layer, camera.at, 0, Some(PictureSize::new(width, height)));
        }
        camera
    }

    /// Frames of these layers, 30 a second. Returns after how many milliseconds something changed.
    fn film(&mut self, layers: &[usize], frames: u32) -> Vec<u32> {
        let mut changes = vec![];
        for frame in 1..=frames {
            self.at += Duration::from_millis(33);
            self.timestamp += 3000;
            for layer in layers {
                if self.layers.arrived(*layer, self.at, self.timestamp, None) {
                    changes.push(frame * 33);
                }
            }
        }
        changes
    }

    fn choose(&self, shown: Option<(u16, u16)>, current: Option<usize>) -> Option<usize> {
        let shown = shown.map(|(width, height)| ShownSize { width, height });
        choose(&self.layers, Need { shown, current })
    }
}

#[test]
fn the_smallest_layer_that_is_as_large_as_what_is_shown_is_chosen() {
    let camera = Camera::new();
    for (shown, layer) in [
        (Some((160, 90)), Some(0)),
        (Some((320, 180)), Some(0)),
        (Some((321, 180)), Some(1)),
        (Some((320, 181)), Some(1)),
        (Some((640, 360)), Some(1)),
        (Some((700, 394)), Some(2)),
        (Some((3840, 2160)), Some(2)),
        (Some((180, 320)), Some(0)),
        (None, Some(2)),
        (Some((0, 180)), None),
        (Some((320, 0)), None),
    ] {
        assert_eq!(camera.choose(shown, None), layer, "{shown:?}");
    }
}

#[test]
fn a_tile_that_trembles_keeps_its_layer() {
    let camera = Camera::new();
    assert_eq!(camera.choose(Some((340, 192)), Some(0)), Some(0), "it is kept a little beyond its size");
    assert_eq!(camera.choose(Some((340, 192)), Some(1)), Some(1), "and not taken before");
    assert_eq!(camera.choose(Some((360, 203)), Some(0)), Some(1), "further beyond it is left");
    assert_eq!(camera.choose(Some((320, 180)), Some(1)), Some(0));
}

#[test]
fn a_layer_that_stops_while_others_come_gives_way_to_the_next_smaller_one() {
    let mut camera = Camera::new();
    assert_eq!(camera.film(&[0, 1, 2], 30), [] as [u32; 0]);
    assert_eq!(camera.film(&[0, 1], 29), [] as [u32; 0], "less than a second");
    assert_eq!(camera.choose(None, Some(2)), Some(2));
    assert_eq!(camera.film(&[0, 1], 10), [66], "a second and the frame after");
    assert_eq!(camera.choose(None, Some(2)), Some(1));
    assert_eq!(camera.choose(Some((100, 50)), Some(0)), Some(0));
    camera.film(&[1], 60);
    assert_eq!(
        camera.choose(Some((100, 50)), Some(0)),
        Some(1),
        "the smallest has stopped too: the only one that comes"
    );
}

#[test]
fn a_layer_that_comes_again_is_taken_when_it_has_come_for_a_second() {
    let mut camera = Camera::new();
    camera.film(&[0, 1], 60);
    assert_eq!(camera.choose(None, Some(1)), Some(1));
    assert_eq!(camera.film(&[0, 1, 2], 40), [32 * 33]);
    assert_eq!(camera.choose(None, Some(1)), Some(2));
}

#[test]
fn a_camera_that_pauses_as_a_whole_or_sends_a_frame_each_few_seconds_stops_no_layer() {
    let mut camera = Camera::new();
    camera.film(&[0, 1, 2], 5);
    camera.at += Duration::from_secs(30);
    assert_eq!(camera.film(&[0, 1, 2], 5), [] as [u32; 0]);
    for _ in 0..20 {
        camera.at += Duration::from_secs(2);
        assert_eq!(camera.film(&[0, 1, 2], 1), [] as [u32; 0]);
    }
    assert_eq!(camera.choose(None, Some(2)), Some(2));
}

#[test]
fn what_comes_first_is_chosen_until_larger_ones_come() {
    let mut layers = Layers::new(3);
    let at = Instant::now();
    let need = Need { shown: None, current: None };
    assert_eq!(choose(&layers, need), Some(2), "nothing has come: the best");
    assert!(layers.arrived(0, at, 0, Some(PictureSize::new(320, 180))));
    assert_eq!(choose(&layers, need), Some(0));
    assert!(layers.arrived(2, at, 0, None), "a new one needs no second");
    assert_eq!(choose(&layers, need), Some(2));
}

#[test]
fn sizes_that_are_not_known_yet_are_guessed_from_the_others() {
    let mut layers = Layers::new(3);
    let need = |width, height| Need { shown: Some(ShownSize { width, height }), current: None };
    assert_eq!(choose(&layers, need(10, 10)), Some(2), "of nothing, nothing follows");
    for layer in 0..3 {
        layers.arrived(layer, Instant::now(), 0, (layer == 1).then_some(PictureSize::new(360, 640)));
    }
    assert_eq!(choose(&layers, need(320, 180)), Some(0));
    assert_eq!(choose(&layers, need(640, 360)), Some(1));
    assert_eq!(choose(&layers, need(641, 360)), Some(2));
}

#[test]
fn another_size_of_a_layer_is_a_change_and_the_same_is_none() {
    let mut camera = Camera::new();
    let size = |width, height| Some(PictureSize::new(width, height));
    assert!(!camera.layers.arrived(1, camera.at, 0, size(640, 360)));
    assert!(camera.layers.arrived(1, camera.at, 0, size(480, 270)));
    assert_eq!(camera.choose(Some((600, 338)), Some(1)), Some(2));
}

#[test]
fn a_publication_of_one_layer_is_sent_unless_it_is_hidden() {
    let mut layers = Layers::new(1);
    assert!(!layers.arrived(0, Instant::now(), 0, Some(PictureSize::new(320, 180))));
    let need = |width, height| Need { shown: Some(ShownSize { width, height }), current: None };
    assert_eq!(choose(&layers, need(4000, 4000)), Some(0));
    assert_eq!(choose(&layers, need(1, 1)), Some(0));
    assert_eq!(choose(&layers, need(0, 0)), None);
}

#[test]
fn the_steps_are_the_layers_that_come_with_their_rates() {
    let mut camera = Camera::new();
    let steps = |camera: &Camera| -> Vec<(usize, u64)> {
        let need = Need { shown: None, current: None };
        camera.layers.steps(need).iter().map(|step| (step.layer, step.rate)).collect()
    };
    assert_eq!(steps(&camera), [(0, RATES[0]), (1, RATES[1]), (2, RATES[2])], "before anything is measured");
    for _ in 0..50 {
        camera.film(&[0, 2], 1);
        camera.layers.measure(0, camera.at, 190);
        camera.layers.measure(2, camera.at, 1940);
    }
    assert!(!camera.layers.is_coming(1), "it has stopped");
    let measured = steps(&camera);
    assert_eq!(measured.iter().map(|(layer, _)| *layer).collect::<Vec<_>>(), [0, 2]);
    assert!((55_000..65_000).contains(&measured[0].1) && (450_000..500_000).contains(&measured[1].1), "{measured:?}");
}
