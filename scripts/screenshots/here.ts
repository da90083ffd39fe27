/** The scene takes place in the early afternoon, whenever it is played: how many hours its clocks are ahead of UTC. */
export const hoursHere = 14 - new Date().getUTCHours();

export const timezone = hoursHere === 0 ? 'UTC' : `Etc/GMT${hoursHere > 0 ? '-' : '+'}${Math.abs(hoursHere)}`;
