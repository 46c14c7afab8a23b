import { killMatrix } from '../safety/matrix.ts'
import { tellAll } from '../safety/story.ts'

killMatrix(await tellAll(['first deploy', 'changed types', 'destroy']))
killMatrix(await tellAll(['edit', 'resize', 'library removal', 'terminated cluster']))
killMatrix(await tellAll(['blue-green', 'recreate', 'rollback']))
killMatrix(await tellAll(['new jobs', 'changed jobs']))
