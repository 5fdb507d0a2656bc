// Beeps where the reader has chosen sound, and says if the browser waits for a click before it makes any.

/** Hertz of the tones of a beep, and seconds of each. */
const TONES = [880, 660, 880];
const TONE = 0.18;
const LOUDNESS = 0.2;

const STORED = 'dapberry-sound';

export class Beeper {
  readonly #button: HTMLButtonElement;
  #audio: AudioContext | undefined;
  #isOn = storedChoice();

  /** @param button switches the sound on and off */
  constructor(button: HTMLButtonElement) {
    this.#button = button;
    button.addEventListener('click', () => {
      // A click that only allows the sound that was chosen before does not end it.
      if (this.#isOn && this.#isWaiting) void this.#allow();
      else this.#choose(!this.#isOn);
    });
    for (const event of ['pointerdown', 'keydown']) {
      addEventListener(event, ({ target }) => {
        if (this.#isOn && target !== button) void this.#allow();
      });
    }
    if (this.#isOn) this.#open();
    this.#show();
  }

  beep(): void {
    const audio = this.#audio;
    if (!this.#isOn || audio?.state !== 'running') return;
    for (const [index, hertz] of TONES.entries()) {
      const [tone, volume] = [audio.createOscillator(), audio.createGain()];
      const begin = audio.currentTime + index * TONE;
      tone.frequency.value = hertz;
      // Without a short rise and fall each tone would click.
      volume.gain.setValueAtTime(0, begin);
      volume.gain.linearRampToValueAtTime(LOUDNESS, begin + 0.02);
      volume.gain.setValueAtTime(LOUDNESS, begin + TONE - 0.03);
      volume.gain.linearRampToValueAtTime(0, begin + TONE - 0.01);
      tone.connect(volume).connect(audio.destination);
      tone.start(begin);
      tone.stop(begin + TONE);
    }
  }

  #choose(isOn: boolean): void {
    this.#isOn = isOn;
    try {
      if (isOn) localStorage.setItem(STORED, 'on');
      else localStorage.removeItem(STORED);
    } catch {
      // A browser that stores nothing forgets the choice.
    }
    if (isOn) {
      this.#open();
      // The reader hears what an alarm sounds like.
      void this.#allow().then(() => this.beep());
    } else void this.#audio?.suspend();
    this.#show();
  }

  #open(): void {
    if (this.#audio !== undefined) return;
    this.#audio = new AudioContext();
    this.#audio.addEventListener('statechange', () => this.#show());
  }

  async #allow(): Promise<void> {
    // Rejects where the browser has no device for sound.
    await this.#audio?.resume().catch(() => undefined);
    this.#show();
  }

  get #isWaiting(): boolean {
    return this.#audio?.state !== 'running';
  }

  #show(): void {
    const button = this.#button;
    const text = !this.#isOn ? 'Sound' : this.#isWaiting ? 'Sound: click to allow it' : 'Sound is on';
    button.setAttribute('aria-pressed', String(this.#isOn));
    button.title = this.#isOn
      ? 'Alarms beep. Click to mute them.'
      : 'Alarms are silent. Click to let them beep.';
    if (button.textContent !== text) button.textContent = text;
  }
}

function storedChoice(): boolean {
  try {
    return localStorage.getItem(STORED) === 'on';
  } catch {
    return false;
  }
}
