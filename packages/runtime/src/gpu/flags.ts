/** WebGPU's constants as numbers: Dawn defines the objects that name them only for those who put them onto `globalThis`. */

export const BufferUsage = {
  mapRead: 0x1,
  copySource: 0x4,
  copyTarget: 0x8,
  storage: 0x80,
  queryResolve: 0x200,
} as const;

export const mapModeRead = 0x1;

export const stageCompute = 0x4;
