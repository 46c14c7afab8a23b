import { faultMatrix } from '../safety/matrix.ts'
import { tellAll } from '../safety/story.ts'

faultMatrix(await tellAll(['first deploy', 'edit', 'blue-green']))
