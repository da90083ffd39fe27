import type { Voice } from '../../lib/api/types';
import { waveformOf } from './waveform';

export type Recorded = { file: File; voice: Voice };
export type Recording = {
  /** The loudness right now, from 0 to 1. */
  level: () => number;
  stop: () => Promise<Recorded>;
  cancel: () => void;
};

/** Ogg first: networks take it as a voice message. */
const types = ['audio/ogg;codecs=opus', 'audio/webm;codecs=opus', 'audio/mp4'];
const endings: Record<string, string> = { 'audio/webm': 'webm', 'audio/ogg': 'ogg', 'audio/mp4': 'm4a' };
const sampleMs = 50;
const bitsPerSecond = 32_000;

/** Asks for the microphone and records until it is told. @throws DOMException where the user or the system says no */
export async function record(): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const mimeType = types.find((type) => MediaRecorder.isTypeSupported(type)) ?? '';
  const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: bitsPerSecond });
  const chunks: Blob[] = [];
  const levels: number[] = [];
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const level = () => {
    analyser.getFloatTimeDomainData(samples);
    return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  };
  const since = performance.now();
  const timer = setInterval(() => levels.push(level()), sampleMs);
  recorder.ondataavailable = ({ data }) => chunks.push(data);
  recorder.start();
  const end = () => {
    clearInterval(timer);
    for (const track of stream.getTracks()) track.stop();
    void context.close();
  };
  return {
    level,
    cancel: () => {
      recorder.onstop = null;
      if (recorder.state !== 'inactive') recorder.stop();
      end();
    },
    stop: () =>
      new Promise((resolve) => {
        const durationMs = Math.round(performance.now() - since);
        recorder.onstop = () => {
          end();
          const type = recorder.mimeType.split(';')[0] || 'audio/webm';
          const file = new File(chunks, `voice-${stamp(new Date())}.${endings[type] ?? 'webm'}`, { type });
          resolve({ file, voice: { durationMs, waveform: waveformOf(levels) } });
        };
        recorder.stop();
      }),
  };
}

const stamp = (now: Date): string => now.toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '.');
