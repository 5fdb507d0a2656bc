// Declares the address of a style sheet that a part of the page loads, as Vite gives it.

declare module '*.css?url' {
  const address: string;
  export default address;
}
