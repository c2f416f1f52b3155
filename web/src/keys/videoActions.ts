/** Actions of a video in the studio. The keys lie under the left hand, beside those of the classes and tools. */
import type { Action } from "./actions";

function video(id: string, title: string, keys: readonly string[]): Action {
  return { id: `video.${id}`, title, group: "Video", scope: "video", keys };
}

function repeating(action: Action): Action {
  return { ...action, isRepeating: true };
}

export const VIDEO_ACTIONS: readonly Action[] = [
  video("play", "Play or stop", ["Space"]),
  repeating(video("next_frame", "Next frame", ["C", "."])),
  repeating(video("previous_frame", "Frame before", ["Z", ","])),
  repeating(video("forward", "Ten frames on", ["Shift+C", "PageDown"])),
  repeating(video("back", "Ten frames back", ["Shift+Z", "PageUp"])),
  video("first", "First frame", ["Home"]),
  video("last", "Last frame", ["End"]),
  repeating(video("next_keyframe", "Next keyframe", ["@BracketRight"])),
  repeating(video("previous_keyframe", "Keyframe before", ["@BracketLeft"])),
  repeating(video("next_low", "Next frame the tracker was unsure of", ["J"])),
  repeating(video("previous_low", "Frame before that the tracker was unsure of", ["Shift+J"])),
  video("faster", "Faster", ["Shift+@Period"]),
  video("slower", "Slower", ["Shift+@Comma"]),
  video("jump", "Go to a frame or a time", ["F"]),
  video("keyframe", "Keyframe here, or none any more", ["W"]),
  video("outside", "Outside the picture from here on, or back in it", ["O"]),
  video("copy", "The same in the next frame", ["Shift+W"]),
  video("propagate", "Let the tracker carry it on", ["Ctrl+B"]),
  video("accept", "The tracker is right: make it one's own word", ["G"]),
  video("clear", "Forget what the tracker said", ["Shift+U"]),
  video("split", "Split the track at this frame", ["Shift+X"]),
  video("merge", "Make one track of two", ["Shift+M"]),
  video("delete", "Delete: ask how far", ["Delete", "Backspace"]),
  video("delete_again", "Delete as far as last time", ["Shift+Delete"]),
  video("timeline", "Show or hide the timeline", ["Shift+T"]),
];
